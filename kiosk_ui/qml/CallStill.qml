import QtQuick
import kiosk_ui.qml.video

// The resident's paper as the camera took it, with what the clerk circled.
Rectangle {
    id: still

    required property var texts

    color: "#101010"
    radius: Theme.radius

    FramePicture {
        anchors.fill: parent
        marks: still.texts.marks
        path: still.texts.still
    }
}
