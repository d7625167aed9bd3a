import QtQuick

// A number to take home: large to read, a code for a telephone, paper where there is some.
Page {
    id: slip

    // Where the glass is short the code stands beside the words.
    readonly property bool beside: !Theme.tall && texts.code !== ""

    strip: texts.strip

    readonly property color toned: texts.tone === "good" ? Theme.good : texts.tone === "warn" ? Theme.warn : Theme.ink

    // Large letters on a small glass: what is said once in words is smaller than what is read off.
    readonly property bool tight: Kiosk.large && !Theme.tall

    // What is only read may stand above the half that is touched.
    Column {
        id: above

        spacing: Theme.compact ? 0 : Theme.gap
        width: slip.beside ? parent.width * 0.6 : parent.width
        y: Theme.low ? slip.headBottom - slip.roomTop + Theme.gap * 3 : 0

        Text {
            color: Theme.ink
            font.bold: true
            font.pixelSize: Theme.title * (slip.tight ? 1.2 : Theme.compact ? 1.5 : 2.2)
            fontSizeMode: Text.HorizontalFit
            height: Theme.title * (slip.tight ? 1.4 : Theme.compact ? 1.8 : 2.6)
            horizontalAlignment: Text.AlignHCenter
            maximumLineCount: 1
            minimumPixelSize: slip.beside ? Theme.body : Theme.title
            text: slip.texts.number
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
            visible: text !== ""
            width: parent.width
        }

        Said {
            color: slip.toned
            font.bold: true
            font.pixelSize: Theme.roomy ? Theme.title : slip.tight ? Theme.small : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: slip.texts.line
            width: parent.width
        }
    }

    Said {
        id: detail

        font.pixelSize: Theme.compact ? Theme.small : Theme.body
        horizontalAlignment: Text.AlignHCenter
        text: slip.texts.detail
        visible: text !== "" && !(slip.beside && slip.texts.slip !== "")
        width: parent.width
        y: above.y + Math.max(above.height, slip.beside ? code.side : 0) + Theme.gap / 2
    }

    SlipCode {
        id: code

        anchors.bottom: answer.top
        anchors.right: parent.right
        anchors.top: Theme.low || slip.beside ? parent.top : detail.visible ? detail.bottom : above.bottom
        anchors.topMargin: Theme.gap
        code: slip.texts.code
        said: slip.beside ? "" : slip.texts.codeSaid
        share: slip.beside ? 1 : 0.6
        width: slip.beside ? parent.width * 0.4 - Theme.gap : parent.width
    }

    Column {
        id: answer

        anchors.bottom: deeds.top
        anchors.bottomMargin: Theme.gap
        width: parent.width

        Said {
            color: Theme.muted
            font.pixelSize: Theme.compact ? Theme.small : Theme.body
            horizontalAlignment: Text.AlignHCenter
            text: slip.texts.slip
            visible: text !== ""
            width: parent.width
        }
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: slip.rows
        width: parent.width
    }
}
