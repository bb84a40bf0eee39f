"""What stands between uvicorn and MLflow: one file for each layer, put together by `application.py`."""
