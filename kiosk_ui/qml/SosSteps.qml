pragma ComponentBehavior: Bound
import QtQuick

// How far help is, from above to below; what has come is a filled mark and said in words.
Column {
    id: steps

    required property var rows

    spacing: Theme.gap

    Repeater {
        model: steps.rows

        delegate: Item {
            id: step

            required property string title
            required property string said
            required property string tone

            height: Math.max(mark.height, words.height)
            width: steps.width

            Rectangle {
                id: mark

                anchors.verticalCenter: parent.verticalCenter
                border.color: step.tone === "later" ? Theme.muted : Theme.good
                border.width: Theme.edge * 2
                color: step.tone === "done" ? Theme.good : "transparent"
                height: Theme.body * 0.8
                radius: height / 2
                width: height

                SequentialAnimation on opacity {
                    alwaysRunToEnd: true
                    loops: Animation.Infinite
                    running: step.tone === "now"

                    NumberAnimation {
                        duration: 600
                        to: 0.2
                    }

                    NumberAnimation {
                        duration: 600
                        to: 1
                    }
                }
            }

            Said {
                id: words

                anchors.left: mark.right
                anchors.leftMargin: Theme.gap
                anchors.right: how.left
                anchors.verticalCenter: parent.verticalCenter
                font.bold: step.tone === "done"
                text: step.title
            }

            Said {
                id: how

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                color: Theme.muted
                font.pixelSize: Theme.small
                text: step.said
            }
        }
    }
}
