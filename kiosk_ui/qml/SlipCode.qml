import QtQuick

// A code on white paper, as large as there is room, and what it is for. Too little room shows none.
Item {
    id: offered

    required property string code
    required property string said
    property real share: 0.6
    readonly property real below: said === "" ? 0 : words.height + Theme.gap * 1.5
    readonly property real side: Math.min(width * share, height - below, Theme.target * 4)

    visible: code !== "" && side > Theme.target * 1.3

    Rectangle {
        id: paper

        anchors.horizontalCenter: parent.horizontalCenter
        color: "#FFFFFF"
        height: offered.side
        radius: Theme.radius
        width: offered.side
        y: offered.said === "" ? 0 : Math.max(0, (offered.height - height - offered.below) / 2)

        Image {
            anchors.fill: parent
            anchors.margins: Theme.gap / 2
            cache: false
            fillMode: Image.PreserveAspectFit
            mipmap: false
            smooth: false
            source: offered.visible ? "image://qr/" + offered.code : ""
            sourceSize: Qt.size(width, height)
        }
    }

    Said {
        id: words

        anchors.top: paper.bottom
        anchors.topMargin: Theme.gap / 2
        color: Theme.muted
        font.pixelSize: Theme.small
        horizontalAlignment: Text.AlignHCenter
        text: offered.said
        visible: text !== ""
        width: parent.width
    }
}
