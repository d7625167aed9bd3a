import QtQuick
import kiosk_ui.qml.video

CallPicture {
    id: picture

    shows: frames?.shows ?? false

    FramePicture {
        id: frames

        anchors.fill: parent
        mirrored: picture.mirrored
        path: picture.path
    }
}
