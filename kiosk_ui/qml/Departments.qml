import QtQuick

Page {
    id: departments

    Tiles {
        anchors.fill: parent
        columns: 3
        rows: departments.rows
    }
}
