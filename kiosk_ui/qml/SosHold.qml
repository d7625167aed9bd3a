import QtQuick

// The emergency is held, not tapped: the ring grows while the finger rests, and letting go takes it back.
Item {
    id: hold

    property string text
    property string detail
    property string art
    property int size: Theme.body
    property bool round
    readonly property string control: "sos-hold"
    readonly property bool down: finger.pressed
    // Of the hold, 0 to 1. How long it takes stands in kiosk_ui/sos.py, which decides.
    property real grown

    objectName: control
    implicitHeight: face.implicitHeight
    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.onPressAction: Kiosk.pressed("sos", "")

    onDownChanged: {
        Kiosk.pressed(down ? "sos-down" : "sos-up", "");
        if (down) {
            growing.start();
        } else {
            growing.stop();
            grown = 0;
        }
    }

    NumberAnimation {
        id: growing

        duration: 1500
        from: 0
        property: "grown"
        target: hold
        to: 1

        onFinished: Kiosk.pressed("sos-held", "")
    }

    TapHandler {
        id: finger

        gesturePolicy: TapHandler.ReleaseWithinBounds
        longPressThreshold: 0
    }

    Rectangle {
        id: face

        anchors.fill: parent
        border.color: Theme.sosInk
        border.width: Theme.contrast ? Theme.edge : 0
        color: Theme.sos
        implicitHeight: Math.max(Theme.target, words.implicitHeight + Theme.gap * 1.5)
        radius: hold.round ? height / 2 : Theme.radius
    }

    // The ring grows inwards, beside the words.
    Rectangle {
        anchors.fill: parent
        border.color: Theme.sosInk
        border.width: Theme.edge + hold.grown * height * (hold.round ? 0.12 : 0.09)
        color: "transparent"
        radius: face.radius
        visible: hold.down
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: Theme.gap * 0.75
        anchors.right: parent.right
        anchors.rightMargin: Theme.gap * 0.75
        anchors.verticalCenter: parent.verticalCenter

        Drawing {
            anchors.horizontalCenter: parent.horizontalCenter
            art: hold.art
            ink: Theme.sosInk
            size: hold.art === "" ? 0 : hold.size * 1.6
        }

        Said {
            color: Theme.sosInk
            font.bold: true
            font.pixelSize: hold.size
            horizontalAlignment: Text.AlignHCenter
            text: hold.text
            width: parent.width
        }

        Said {
            color: Theme.sosInk
            font.pixelSize: Theme.label
            horizontalAlignment: Text.AlignHCenter
            text: hold.detail
            visible: text !== ""
            width: parent.width
        }
    }
}
