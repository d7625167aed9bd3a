import QtQuick

Page {
    id: departments

    pageSaid: texts.pageSaid
    pages: texts.pages
    turned: texts.page

    Tiles {
        anchors.fill: parent
        columns: Theme.columns
        least: departments.texts.pages > 1 ? Theme.tiles / Theme.columns : 1
        rows: departments.rows
        wordsFirst: true
    }

    Said {
        anchors.fill: parent
        text: departments.texts.empty
        visible: text !== ""
    }
}
