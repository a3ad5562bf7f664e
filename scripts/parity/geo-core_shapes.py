"""Reference values for geo-core's Ramer-Douglas-Peucker and rasteriser.

Simplification: GEOS's Douglas-Peucker through shapely. Raster: the exact area that each pixel shares with the
polyline's buffer (round caps and joins, 64 segments a quarter circle).

pip install shapely==2.2.0 numpy==2.4.6
python scripts/parity/geo-core_shapes.py
"""

import json
import pathlib
import platform

import numpy as np
import shapely

OUT = pathlib.Path(__file__).parents[2] / "packages/geo-core/test/golden/shapes.json"
rng = np.random.default_rng(20240101)

simplified = []
for count, tolerance in [(20, 2.0), (60, 5.0), (200, 10.0), (200, 0.5)]:
    walk = np.round(np.cumsum(rng.normal(0, 5, (count, 2)), axis=0), 6)
    line = shapely.simplify(shapely.LineString(walk), tolerance, preserve_topology=False)
    simplified.append(
        {"points": walk.tolist(), "tolerance": tolerance, "simplified": shapely.get_coordinates(line).tolist()}
    )

SIZE = 24
images = []
for thickness in [1.0, 1.5, 3.0, 5.0]:
    points = np.round(rng.uniform(-4, SIZE + 4, (6, 2)), 6)
    stroke = shapely.buffer(shapely.LineString(points), thickness / 2, quad_segs=64)
    area = [
        [shapely.area(shapely.intersection(stroke, shapely.box(c, r, c + 1, r + 1))) for c in range(SIZE)]
        for r in range(SIZE)
    ]
    images.append({"points": points.tolist(), "thickness": thickness, "area": np.round(area, 6).tolist()})

golden = {
    "script": "scripts/parity/geo-core_shapes.py",
    "versions": {
        "python": platform.python_version(),
        "shapely": shapely.__version__,
        "GEOS": shapely.geos_version_string,
        "numpy": np.__version__,
    },
    "simplified": simplified,
    "images": {"size": SIZE, "yAxis": "down", "rows": images},
}
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden) + "\n")
