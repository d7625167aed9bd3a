pragma ComponentBehavior: Bound
import QtQuick

// It rings, or one waits: something moves, so that one sees that it goes on.
Item {
    id: waiting

    required property var texts

    Row {
        anchors.bottom: recorded.top
        anchors.bottomMargin: Theme.gap * 3
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.gap * 2
        visible: y > 0

        Repeater {
            model: 3

            delegate: Rectangle {
                id: dot

                required property int index

                color: Theme.accent
                height: Theme.target / 2
                radius: height / 2
                width: height

                SequentialAnimation on opacity {
                    loops: Animation.Infinite

                    PauseAnimation {
                        duration: dot.index * 250
                    }

                    NumberAnimation {
                        duration: 400
                        from: 0.15
                        to: 1
                    }

                    NumberAnimation {
                        duration: 400
                        from: 1
                        to: 0.15
                    }

                    PauseAnimation {
                        duration: (2 - dot.index) * 250
                    }
                }
            }
        }
    }

    Said {
        id: recorded

        anchors.bottom: stop.top
        anchors.bottomMargin: Theme.gap * 2
        color: Theme.muted
        font.pixelSize: Theme.small
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.words.call.not_recorded
        width: parent.width
    }

    BigButton {
        id: stop

        anchors.bottom: parent.bottom
        control: "call-hang-up"
        ground: Theme.sos
        height: Math.max(Theme.target * 1.4, implicitHeight)
        ink: Theme.sosInk
        size: Theme.title
        text: waiting.texts.phase === "calling" || waiting.texts.phase === "transferred" ? Kiosk.words.call.hang_up : Kiosk.words.call.stop_waiting
        width: parent.width
    }
}
