"""The app of the image: the demo agent, which needs no key of a provider. Yours goes to /app/main.py in its place."""

from weft import create_app

app = create_app()
