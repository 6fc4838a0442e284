from ..one import get
from .. import one as uncle
answer = get() + uncle.value
