import QtQuick

// Tiles, a page at a time, and at most one button below them.
Page {
    id: choices

    pageSaid: texts.pageSaid
    pages: texts.pages
    strip: texts.strip
    turned: texts.page

    Tiles {
        anchors.bottom: button.visible ? button.top : parent.bottom
        anchors.bottomMargin: button.visible ? Theme.gap : 0
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        columns: choices.texts.columns
        least: choices.texts.lines
        rows: choices.rows
    }

    Said {
        anchors.bottom: button.top
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        text: choices.texts.empty
        visible: text !== ""
    }

    BigButton {
        id: button

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        control: choices.texts.buttonControl
        detail: choices.texts.buttonDetail
        enabled: choices.texts.buttonLive
        ground: choices.texts.buttonTone === "good" ? Theme.help : Theme.bar
        height: Math.max(Theme.target * (Theme.roomy ? 1.4 : 1), implicitHeight)
        ink: choices.texts.buttonTone === "good" ? Theme.helpInk : Theme.barInk
        size: Theme.roomy ? Theme.title : Theme.body
        text: choices.texts.button
        visible: text !== ""
    }
}
