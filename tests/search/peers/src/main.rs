//! Tantivy over the same bank: any of the words, misspelt ones too, BM25 with a weight for each field.
//!
//! `otsupport-search-peers rank FOLDER` reads `bank.jsonl` and `queries` there and writes `tantivy,-fuzzy-terms.ranking`;
//! `keystrokes FOLDER` reads `keystrokes`, the last word of each unfinished, and prints how long they take.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::{Index, IndexReader, TantivyDocument, Term, doc};

#[derive(Deserialize)]
struct Item {
    id: String,
    title: String,
    asks: Vec<String>,
    keywords: Vec<String>,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, folder] = arguments.as_slice() else {
        return Err("usage: otsupport-search-peers rank|keystrokes FOLDER".into());
    };
    let folder = Path::new(folder);
    let bank = fs::read_to_string(folder.join("bank.jsonl"))?;
    let items: Vec<Item> = bank.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let search = Tantivy::over(&items)?;
    match what.as_str() {
        "rank" => rank(&search, folder),
        "keystrokes" => keystrokes(&search, folder),
        _ => Err("rank or keystrokes".into()),
    }
}

fn rank(search: &Tantivy, folder: &Path) -> Result<(), Box<dyn Error>> {
    let queries = fs::read_to_string(folder.join("queries"))?;
    let mut ranking = String::new();
    for query in queries.lines() {
        write!(ranking, "{query}")?;
        for id in search.find(query, false)? {
            write!(ranking, "\t{id}")?;
        }
        ranking.push('\n');
    }
    fs::write(folder.join("tantivy,-fuzzy-terms.ranking"), ranking)?;
    Ok(())
}

fn keystrokes(search: &Tantivy, folder: &Path) -> Result<(), Box<dyn Error>> {
    let typed = fs::read_to_string(folder.join("keystrokes"))?;
    let mut times: Vec<Duration> = Vec::new();
    for keystroke in typed.lines().take(200) {
        let began = Instant::now();
        search.find(keystroke, true)?;
        times.push(began.elapsed());
    }
    times.sort();
    let ms = |it: Duration| it.as_secs_f64() * 1e3;
    let slow = times[times.len() * 99 / 100];
    println!("tantivy, fuzzy terms: p50 {:.2} ms, p99 {:.2} ms", ms(times[times.len() / 2]), ms(slow));
    Ok(())
}

struct Tantivy {
    index: Index,
    reader: IndexReader,
    id: Field,
    fields: [(Field, f32); 4],
}

impl Tantivy {
    fn over(items: &[Item]) -> Result<Self, Box<dyn Error>> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let words = TextOptions::default().set_indexing_options(indexing);
        let id = schema.add_text_field("id", STRING | STORED);
        let title = schema.add_text_field("title", words.clone());
        let asks = schema.add_text_field("asks", words.clone());
        let keywords = schema.add_text_field("keywords", words.clone());
        let text = schema.add_text_field("text", words);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 50_000_000)?;
        for it in items {
            writer.add_document(doc!(
                id => it.id.as_str(), title => it.title.as_str(), asks => it.asks.join("\n"),
                keywords => it.keywords.join("\n"), text => it.text.as_str(),
            ))?;
        }
        writer.commit()?;
        let reader = index.reader()?;
        Ok(Self { index, reader, id, fields: [(title, 3.0), (asks, 2.0), (keywords, 1.5), (text, 1.0)] })
    }

    fn find(&self, query: &str, unfinished: bool) -> Result<Vec<String>, Box<dyn Error>> {
        let mut tokenizer = self.index.tokenizers().get("en_stem").ok_or("no tokenizer")?;
        let query = query.replace(['\'', '’'], "");
        let mut tokens = tokenizer.token_stream(&query);
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut words = Vec::new();
        while let Some(token) = tokens.next() {
            words.push(token.text.clone());
        }
        for (number, word) in words.iter().enumerate() {
            let last = unfinished && number + 1 == words.len();
            for (field, weight) in self.fields {
                let term = Term::from_field_text(field, word);
                let exact = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
                parts.push((Occur::Should, Box::new(BoostQuery::new(Box::new(exact), weight))));
                let distance = match word.chars().count() {
                    0..=3 if last => 0,
                    0..=3 => continue,
                    4..=8 => 1,
                    _ => 2,
                };
                let near = if last {
                    FuzzyTermQuery::new_prefix(term, distance, true)
                } else {
                    FuzzyTermQuery::new(term, distance, true)
                };
                parts.push((Occur::Should, Box::new(BoostQuery::new(Box::new(near), weight * 0.5))));
            }
        }
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(parts), &TopDocs::with_limit(10).order_by_score())?;
        let mut ids = Vec::new();
        for (_, address) in found {
            let document: TantivyDocument = searcher.doc(address)?;
            ids.extend(document.get_first(self.id).and_then(|it| it.as_str()).map(str::to_owned));
        }
        Ok(ids)
    }
}
