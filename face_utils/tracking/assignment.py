"""Assignment: pairs tracks and detections so that the sum of all costs is least.

Faces that are far from each other have few possible partners. So the pairs fall apart into groups
of one or two, which cost next to nothing, and only a crowd needs the full method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Costs = Mapping[tuple[int, int], float]
"""Track and detection, by index -> cost of this pair; other pairs are impossible."""

LEFT_OUT = 1.35
"""Cost of a possible pair of which neither partner has another one."""


def assign(costs: Costs) -> dict[int, int]:
    """Assigns each track at most one detection.

    Args:
        costs: The possible pairs; leaving out both partners costs `LEFT_OUT`.

    Returns:
        Index of a detection -> index of its track.

    Example:
        >>> assign({(0, 0): 0.1, (0, 1): 0.2, (1, 0): 0.3})
        {0: 1, 1: 0}
    """
    partners: dict[int, int] = {}
    for rows, columns in _groups(costs):
        if len(rows) == len(columns) == 1:
            partners[columns[0]] = rows[0]
        else:
            partners.update(_assign_group(costs, rows, columns))
    return partners


def _groups(costs: Iterable[tuple[int, int]]) -> Iterable[tuple[list[int], list[int]]]:
    """Tracks and detections that are connected by possible pairs."""
    rows: dict[int, list[int]] = {}
    columns: dict[int, list[int]] = {}
    for row, column in costs:
        rows.setdefault(row, []).append(column)
        columns.setdefault(column, []).append(row)
    while rows:
        yield _take_group(rows, columns)


def _take_group(
    rows: dict[int, list[int]], columns: dict[int, list[int]]
) -> tuple[list[int], list[int]]:
    """Removes the group of the first row, and returns its rows and columns."""
    group_rows, group_columns = [next(iter(rows))], []
    for row in group_rows:
        for column in rows.pop(row):
            if column in columns:
                group_columns.append(column)
                group_rows += [r for r in columns.pop(column) if r in rows and r not in group_rows]
    return group_rows, group_columns


def _assign_group(costs: Costs, rows: list[int], columns: list[int]) -> dict[int, int]:
    if len(rows) > len(columns):
        matrix = [[costs.get((row, column), LEFT_OUT) for row in rows] for column in columns]
        pairs = [(rows[j], columns[i]) for i, j in _hungarian(matrix)]
    else:
        matrix = [[costs.get((row, column), LEFT_OUT) for column in columns] for row in rows]
        pairs = [(rows[i], columns[j]) for i, j in _hungarian(matrix)]
    return {column: row for row, column in pairs if (row, column) in costs}


def _hungarian(matrix: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs of rows and columns with the least sum; every row gets a column.

    H. W. Kuhn, "The Hungarian method for the assignment problem", 1955, with a shortest path for
    each row. `matrix` has at least as many columns as rows.
    """
    size = len(matrix[0])
    row_of = [-1] * size
    row_price, column_price = [0.0] * len(matrix), [0.0] * size
    for row in range(len(matrix)):
        _add_row(matrix, row, row_of, row_price, column_price)
    return [(row, column) for column, row in enumerate(row_of) if row >= 0]


def _add_row(
    matrix: list[list[float]],
    start: int,
    row_of: list[int],
    row_price: list[float],
    column_price: list[float],
) -> None:
    """Finds a column for one more row, and moves the others where that is cheaper."""
    size = len(row_of)
    distance, before, open_columns = [float("inf")] * size, [-1] * size, set(range(size))
    row, last, length = start, -1, 0.0
    while row >= 0:
        for column in open_columns:
            path = length + matrix[row][column] - row_price[row] - column_price[column]
            if path < distance[column]:
                distance[column], before[column] = path, last
        last = min(open_columns, key=distance.__getitem__)
        length = distance[last]
        open_columns.remove(last)
        row = row_of[last]
    for column in range(size):
        if column not in open_columns and column != last:
            row_price[row_of[column]] += length - distance[column]
            column_price[column] -= length - distance[column]
    row_price[start] += length
    while before[last] >= 0:
        row_of[last] = row_of[before[last]]
        last = before[last]
    row_of[last] = start
