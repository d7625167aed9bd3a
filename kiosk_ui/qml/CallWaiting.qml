pragma ComponentBehavior: Bound
import QtQuick

// It rings, or one waits: something moves, so that one sees that it goes on.
Item {
    id: waiting

    required property var texts
    // Where the heading ends.
    required property real ceiling

    Item {
        id: stage

        readonly property real room: dots.y - Theme.gap * 2 - y

        height: Math.max(0, room)
        width: parent.width
        y: waiting.ceiling

        Drawing {
            anchors.centerIn: parent
            art: "help"
            ink: Theme.accent
            size: Math.min(stage.room * 0.6, stage.width * 0.5)
            visible: !own.visible && size > Theme.target
        }

        CallVideo {
            id: own

            anchors.fill: parent
            mirrored: true
            path: waiting.texts.own
            radius: Theme.radius
            visible: waiting.texts.own !== "" && stage.room > Theme.target * 2
        }
    }

    Row {
        id: dots

        anchors.bottom: said.top
        anchors.bottomMargin: Theme.gap * 2
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: Theme.gap * 2
        // Words that need the room have it.
        visible: y > waiting.ceiling

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
        id: said

        anchors.bottom: camera.visible ? camera.top : stop.top
        anchors.bottomMargin: Theme.gap * 2
        color: Theme.muted
        font.pixelSize: Theme.small
        horizontalAlignment: Text.AlignHCenter
        text: [waiting.texts.camera_said, Kiosk.words.call.not_recorded].filter(one => one !== "").join(" · ")
        width: parent.width
    }

    BigButton {
        id: camera

        anchors.bottom: stop.top
        anchors.bottomMargin: Theme.gap * 2
        control: "call-camera"
        ground: Theme.bar
        ink: Theme.barInk
        text: waiting.texts.camera ? Kiosk.words.call.camera_button_off : Kiosk.words.call.camera_button_on
        visible: waiting.texts.camera_said !== ""
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
