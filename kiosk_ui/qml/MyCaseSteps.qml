pragma ComponentBehavior: Bound
import QtQuick

// A line with five stations: what is done, what is being done, what is still to come. Said in words beside each.
Item {
    id: line

    required property list<string> steps
    required property list<string> standing
    required property list<string> days
    readonly property real cell: Math.min(height / Math.max(1, steps.length), Theme.body * 3.2)
    readonly property real dot: Math.min(cell * 0.6, Theme.body * 1.1)

    Rectangle {
        color: Theme.muted
        height: line.cell * Math.max(0, line.steps.length - 1)
        width: Math.max(2, Theme.edge)
        x: line.dot / 2 - width / 2
        y: line.cell / 2
    }

    Repeater {
        model: line.steps

        delegate: Item {
            id: station

            required property string modelData
            required property int index
            readonly property string stands: line.standing[index]

            height: line.cell
            width: line.width
            y: index * line.cell

            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                border.color: station.stands === "open" ? Theme.muted : Theme.good
                border.width: Math.max(3, Theme.edge)
                color: station.stands === "done" ? Theme.good : Theme.ground
                height: line.dot
                radius: height / 2
                width: line.dot

                Rectangle {
                    anchors.centerIn: parent
                    color: Theme.good
                    height: parent.height * 0.45
                    radius: height / 2
                    visible: station.stands === "now"
                    width: height
                }
            }

            Said {
                anchors.left: parent.left
                anchors.leftMargin: line.dot + Theme.gap
                anchors.right: day.left
                anchors.verticalCenter: parent.verticalCenter
                color: station.stands === "open" ? Theme.muted : Theme.ink
                font.bold: station.stands === "now"
                font.pixelSize: Math.min(Theme.body, line.cell / 1.3)
                text: station.modelData
            }

            Said {
                id: day

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                color: station.stands === "now" ? Theme.good : Theme.muted
                font.pixelSize: Math.min(Theme.small, line.cell / 1.3)
                text: line.days[station.index]
                width: implicitWidth
                wrapMode: Text.NoWrap
            }
        }
    }
}
