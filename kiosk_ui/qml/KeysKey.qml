pragma ComponentBehavior: Bound
import QtQuick

// One key: a sign, perhaps its name under it, or a drawing. Its letters shrink before they break.
Touch {
    id: key

    property string title
    property string detail
    property string art
    property int size: Theme.body
    property color ground: Theme.tile
    property color ink: Theme.tileInk
    readonly property color shownGround: !enabled ? Theme.off : down ? ink : ground
    readonly property color shownInk: !enabled ? Theme.offInk : down ? ground : ink

    Rectangle {
        anchors.fill: parent
        border.color: key.shownInk
        border.width: Theme.contrast ? Theme.edge : 0
        color: key.shownGround
        radius: Theme.radius
    }

    Drawing {
        anchors.centerIn: parent
        art: key.art
        ink: key.shownInk
        size: key.art === "" ? 0 : Math.min(key.width, key.height) - Theme.gap
    }

    component Sign: Text {
        color: key.shownInk
        font.bold: true
        fontSizeMode: Text.Fit
        horizontalAlignment: Text.AlignHCenter
        lineHeight: 0.9 // of what the font asks for, which is 1.45
        minimumPixelSize: 12
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
        width: key.width - Theme.gap / 2
        wrapMode: Text.WordWrap
        x: Theme.gap / 4
    }

    Sign {
        font.pixelSize: key.size
        height: name.visible ? key.height * 0.6 : key.height
        text: key.title
        visible: text !== ""
    }

    Sign {
        id: name

        font.pixelSize: Theme.small
        height: key.height * 0.4
        text: key.detail
        visible: text !== ""
        y: key.height * 0.57
    }
}
