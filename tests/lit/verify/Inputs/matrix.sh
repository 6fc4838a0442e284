# SPDX-License-Identifier: MIT
#
# matrix.sh TARE COMPILER SOURCE: builds SOURCE in many ways, as an object and linked, and reads each
# twice; prints what differs. Run in a directory of its own. TARE_THIN=N in the environment: every Nth way,
# for builds that are slow.
tare=$1 compiler=$2 source=$3 turn=0
for version in 2 3 4 5; do
    for way in "" "-gdwarf64" "-fdebug-types-section -O1" "-gz" "-O2 -ffunction-sections" \
               "-O2 -gsplit-dwarf"; do
        for link in "-c -o out.o" "-o out"; do
            turn=$((turn + 1))
            test $(((turn + version) % ${TARE_THIN:-1})) -eq 0 || continue
            rm -f out out.o *.dwo
            $compiler -g -gdwarf-$version $way $source $link 2>/dev/null || continue
            file=out
            test -f out.o && file=out.o
            $tare verify $file --format csv > report.csv
            status=$?
            test $status -eq 0 || { echo "$compiler -gdwarf-$version $way $link: $status"; cat report.csv; }
            grep -q "^DIEs,[1-9]" report.csv && echo compared
            echo built
        done
    done
done | sort | uniq -c
