import { runProgram } from '@mlflow-on-aws/command-line';
import { program } from './diagram';

void runProgram(program);
