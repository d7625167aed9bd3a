pragma ComponentBehavior: Bound
import QtQuick

// A field changes its colour when it is touched, and keeps it.
Page {
    id: glass

    strip: texts.said

    Item {
        id: grid

        readonly property int across: Math.max(1, Math.floor(width / Theme.key))
        readonly property int along: Math.max(1, Math.floor(height / Theme.key))

        anchors.fill: parent

        Repeater {
            model: grid.across * grid.along

            delegate: Rectangle {
                required property int index

                border.color: Theme.tileEdge
                border.width: 1
                color: Theme.tile
                height: grid.height / grid.along
                width: grid.width / grid.across
                x: index % grid.across * width
                y: Math.floor(index / grid.across) * height
            }
        }
    }

    MultiPointTouchArea {
        id: area

        // A quick finger is told of in leaps: the fields between are marked too.
        function mark(points: list<TouchPoint>) {
            for (const point of points) {
                for (let part = 0; part <= 16; part++) {
                    const x = point.previousX + (point.x - point.previousX) * part / 16;
                    const y = point.previousY + (point.y - point.previousY) * part / 16;
                    const cell = grid.childAt(x, y) as Rectangle;
                    if (cell !== null)
                        cell.color = Theme.tileDown;
                }
            }
        }

        anchors.fill: grid
        onPressed: points => {
            for (const point of points) {
                const cell = grid.childAt(point.x, point.y) as Rectangle;
                if (cell !== null)
                    cell.color = Theme.tileDown;
            }
        }
        onUpdated: points => mark(points)
    }
}
