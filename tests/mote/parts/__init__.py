print("parts starts", __name__)
from .one import value
