package dev.sluice.data.text.tokens;

/** Where padding goes in rows that are shorter than their batch. */
public enum PaddingSide {
    /** Before the tokens. */
    LEFT,
    /** After the tokens. */
    RIGHT
}
