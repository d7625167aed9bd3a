import QtQuick

Page {
    id: camera

    Said {
        text: camera.texts.said
        width: parent.width
    }
}
