pragma ComponentBehavior: Bound
import QtQuick

// A field changes its colour when it is touched, and keeps it.
Page {
    id: glass

    strip: texts.said

    Grid {
        id: grid

        readonly property real cellWidth: width / columns
        readonly property real cellHeight: height / rows

        anchors.fill: parent
        columns: Math.floor(width / Theme.key)
        rows: Math.floor(height / Theme.key)

        component Cell: Rectangle {
            border.color: Theme.tileEdge
            border.width: 1
            color: Theme.tile
            height: grid.cellHeight
            width: grid.cellWidth
        }

        Repeater {
            model: grid.columns * grid.rows

            delegate: Cell {}
        }
    }

    MultiPointTouchArea {
        id: area

        function mark(points: list<TouchPoint>) {
            for (const point of points) {
                const cell = grid.childAt(point.x, point.y) as Rectangle;
                if (cell !== null)
                    cell.color = Theme.tileDown;
            }
        }

        anchors.fill: grid
        onPressed: points => mark(points)
        onUpdated: points => mark(points)
    }
}
