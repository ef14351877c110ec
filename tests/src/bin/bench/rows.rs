//! What an apply wrote, read back, so that bare rusqlite writes the same.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::Failure;

/// The rows of a bank.
pub(crate) struct Rows {
    schema: String,
    topics: Vec<(String, i64, String)>,
    items: Vec<Item>,
}

struct Item {
    columns: Vec<rusqlite::types::Value>,
    title: String,
    asks: String,
    keywords: String,
    text: String,
}

impl Rows {
    pub(crate) fn of(file: &Path) -> Result<Self, Failure> {
        let from = Connection::open(file)?;
        let schema = include_str!("../../../../core/src/storage/schema/content-1.sql").to_owned();
        let topics = from
            .prepare("SELECT slug, position, record FROM topics")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let mut statement = from.prepare("SELECT * FROM items ORDER BY item")?;
        let width = statement.column_count();
        let items = statement
            .query_map([], |row| (0..width).map(|it| row.get(it)).collect::<Result<Vec<_>, _>>())?
            .map(|columns| {
                let columns = columns?;
                let rusqlite::types::Value::Text(record) = &columns[width - 1] else {
                    return Err("no record".into());
                };
                let item: otsupport_wire::snapshot::Item = serde_json::from_str(record)?;
                let mut text = String::new();
                item.sections.iter().for_each(|it| {
                    text.push_str(&it.text);
                    text.push('\n');
                });
                let (asks, keywords) = (item.asks.join("\n"), item.keywords.join("\n"));
                Ok(Item { columns, title: item.title, asks, keywords, text })
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self { schema, topics, items })
    }

    pub(crate) fn insert(&self, file: &Path) -> Result<(), Failure> {
        let mut to = Connection::open(file)?;
        to.pragma_update(None, "journal_mode", "WAL")?;
        to.pragma_update(None, "synchronous", "NORMAL")?;
        let transaction = to.transaction()?;
        transaction.execute_batch(&self.schema)?;
        {
            let mut topics =
                transaction.prepare("INSERT INTO topics (slug, position, record) VALUES (?1, ?2, ?3)")?;
            for topic in &self.topics {
                topics.execute(params![topic.0, topic.1, topic.2])?;
            }
            let width = self.items.first().map_or(0, |it| it.columns.len());
            let marks = vec!["?"; width].join(", ");
            let mut items = transaction.prepare(&format!("INSERT INTO items VALUES ({marks})"))?;
            let mut found = transaction.prepare(
                "INSERT INTO found (rowid, title, asks, keywords, text) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for item in &self.items {
                items.execute(rusqlite::params_from_iter(&item.columns))?;
                found.execute(params![item.columns[0], item.title, item.asks, item.keywords, item.text])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
