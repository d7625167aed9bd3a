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
