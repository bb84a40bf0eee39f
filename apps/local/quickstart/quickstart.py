"""The tutorial's client: logs a model to a tracking server, registers it, loads it back and predicts with it.

Reads the tracking URI from MLFLOW_TRACKING_URI, as every MLflow client does. Prints one JSON line about what it made.
"""

import json
import sys

import mlflow
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

mlflow.set_experiment('my-experiment-1')

with mlflow.start_run() as run:
    X, y = load_iris(return_X_y=True)

    params = {'C': 0.1, 'random_state': 42}
    mlflow.log_params(params)

    lr = LogisticRegression(**params).fit(X, y)
    accuracy = accuracy_score(y, lr.predict(X))
    mlflow.log_metric('accuracy', accuracy)

    mlflow.sklearn.log_model(lr, name='models', signature=infer_signature(X, lr.predict(X)))
    artifact_uri = mlflow.get_artifact_uri()

client = MlflowClient()
run_id = client.search_runs([run.info.experiment_id], order_by=['attributes.start_time DESC'], max_results=1)[0].info.run_id
version = mlflow.register_model(model_uri=f'runs:/{run_id}/models', name='iris-classifier')

loaded = mlflow.sklearn.load_model(f'models:/iris-classifier/{version.version}')
predictions = loaded.predict(X)
if not (predictions == lr.predict(X)).all():
    sys.exit('the model loaded back predicts something else')

print(
    json.dumps(
        {
            'experimentId': run.info.experiment_id,
            'runId': run_id,
            'accuracy': round(accuracy, 4),
            'artifactUri': artifact_uri,
            'model': version.name,
            'modelVersion': version.version,
            'predictions': [int(value) for value in predictions[:3]],
        }
    )
)
