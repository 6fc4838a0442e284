# print goes to sys.stdout, whatever that is
# needs: io
import io
import sys
old = sys.stdout
sys.stdout = io.StringIO()
print('hidden', [1])
text = sys.stdout.getvalue()
sys.stdout = old
print('shown', repr(text))
