# the modules that mote carries as constants check themselves
import sys

sys.path.append(sys.argv[0].rsplit("/", 1)[0] + "/../../examples/mote/frozen")
import matrix
import options
import ringlog
import statemachine
import textfmt
import tinyjson

for module in (tinyjson, textfmt, statemachine, matrix, options, ringlog):
    print("----", module.__name__)
    module.check()
