# format specs of floats
# needs: float double
for v in (0.0, -0.0, 1.0, 1.5, -2.75, 3.14159, 123456789.123, 1e100, 1e-10, float('inf'), float('-inf'), float('nan'), 12.0, 100.0):
    for spec in ('', '.2', '.0f', '.2f', '10.3f', '<10', '+', '010.1f', 'e', '.3E', 'g', '.3g', '%', '.1%', ',', '_.2f', '#.0f', '=+12.2f', 'z.0f', '015,.2f', 'G', '.10'):
        print(repr(format(v, spec)), end=' ')
    print()
print(format(3, '.2f'), format(10 ** 20, 'e'), format(True, '.1f'), '%.3f %5.1e %g' % (1, 2.5, 10 ** 10))
for spec in ('d', 'x', 's', 'c'):
    try:
        print(format(1.5, spec))
    except ValueError as e:
        print(e)
