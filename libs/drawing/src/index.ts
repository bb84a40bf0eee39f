export { architectureOf } from './architecture';
export { drawArchitecture, type Drawing, type DrawingOptions } from './draw';
export type { Architecture, DrawnArea, DrawnEdge, DrawnNode } from './model';
export { Stack } from './stack';
export type { ChangeAction } from './svg';
