import { composeBootstrap } from '@mlflow-on-aws/bootstrap';
import { App } from 'cdktf';
const app = new App();
composeBootstrap(app, { accountId: '123456789012', region: 'us-east-1' });
app.synth();
