import QtQuick

// A code for a telephone. What stands in it is never kept as a picture.
Page {
    id: take

    strip: texts.how

    Rectangle {
        id: paper

        readonly property real side: Math.min(take.width * 0.72, parent.height - (words.visible ? words.height + Theme.gap : 0) - deeds.height - Theme.gap)

        anchors.horizontalCenter: parent.horizontalCenter
        color: "#FFFFFF"
        height: side
        radius: Theme.radius
        visible: side > Theme.target
        width: side

        Image {
            anchors.fill: parent
            anchors.margins: Theme.gap
            cache: false
            fillMode: Image.PreserveAspectFit
            mipmap: false
            smooth: false
            source: take.texts.code === "" ? "" : "image://qr/" + take.texts.code
            sourceSize: Qt.size(width, height)
        }
    }

    Said {
        id: words

        anchors.bottom: deeds.top
        anchors.bottomMargin: Theme.gap
        color: Theme.muted
        font.pixelSize: Theme.small
        text: take.texts.without
        visible: Theme.tall
        width: parent.width
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: take.rows
        width: parent.width
    }
}
