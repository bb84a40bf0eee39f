import { runProgram } from '@mlflow-on-aws/command-line';
import { program } from './index';

void runProgram(program);
