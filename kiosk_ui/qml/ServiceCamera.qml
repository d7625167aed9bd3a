import QtQuick

// The own picture as the call engine takes it, without a call.
Page {
    id: camera

    CallVideo {
        anchors.left: parent.left
        anchors.right: parent.right
        behind: camera.texts.said
        height: Math.min(width * 0.75, parent.height)
        mirrored: true
        path: camera.texts.frames
    }
}
