import QtQuick

Page {
    id: later

    Column {
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: Theme.gap * 2

        Said {
            text: later.texts.soon
            width: parent.width
        }

        Said {
            text: later.texts.meanwhile
            width: parent.width
        }
    }
}
