import QtQuick

// Nobody has touched the glass for a minute: is somebody still there?
Rectangle {
    id: countdown

    color: Theme.ground

    MultiPointTouchArea {
        anchors.fill: parent
    }

    Said {
        anchors.bottom: still.top
        anchors.left: parent.left
        anchors.margins: Theme.gap * 3
        anchors.right: parent.right
        anchors.top: parent.top
        font.bold: true
        font.pixelSize: Theme.title
        horizontalAlignment: Text.AlignHCenter
        text: Kiosk.words.bar.still_here + "\n\n" + Kiosk.countdownSaid
        verticalAlignment: Text.AlignVCenter
    }

    BigButton {
        id: still

        anchors.bottom: done.top
        anchors.bottomMargin: Theme.gap * 2
        anchors.left: parent.left
        anchors.margins: Theme.gap * 3
        anchors.right: parent.right
        control: "still-here"
        height: countdown.height / 3
        size: Theme.title
        text: Kiosk.words.bar.go_on
    }

    BigButton {
        id: done

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.margins: Theme.gap * 3
        anchors.right: parent.right
        control: "end"
        ground: Theme.bar
        ink: Theme.barInk
        text: Kiosk.words.bar.end
    }
}
