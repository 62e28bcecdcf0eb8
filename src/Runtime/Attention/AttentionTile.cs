namespace Tessera.Runtime.Attention;

/// <summary>
/// What is computed together: the query heads that share a KV head, of a few tokens that follow each other. A row is one query, token by token; eight
/// rows are a group.
/// </summary>
internal unsafe struct AttentionTile
{
    /// <summary>Rows that are multiplied together.</summary>
    public const int GroupRows = 8;

    /// <summary>Rows of a tile at most, where a single token does not have more.</summary>
    public const int TargetRows = 64;

    /// <summary>Positions that are attended to at once. Chunks begin at multiples of it, so that a result depends on the position alone.</summary>
    public const int ChunkPositions = 256;

    /// <summary>Positions whose values are unpacked at once.</summary>
    public const int ValuePositions = 64;

    /// <summary>Rows, at least 1.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows per token.</summary>
    public required int RowsPerToken { get; init; }

    /// <summary>The first token's position.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>Queries, [group]: F32 as [key length][8 rows]; integers as [8 rows' factors][pairs of indices][8 rows].</summary>
    public required float* Queries { get; init; }

    public required int KeyLength { get; init; }

    public required int ValueLength { get; init; }

    /// <summary>The sequence's pages, each with the positions of a chunk.</summary>
    public required byte** Pages { get; init; }

    /// <summary>Bytes from a page's beginning to the head's keys, [block].</summary>
    public required long KeysInPage { get; init; }

    public required int KeyBlockBytes { get; init; }

    /// <summary>Where the keys of the chunk begin that the thread will attend to next, most probably.</summary>
    public byte* NextKeys { get; set; }

    /// <summary>Bytes from a page's beginning to the head's values, [block].</summary>
    public required long ValuesInPage { get; init; }

    public required int ValueBlockBytes { get; init; }

    /// <summary>Which positions a query sees.</summary>
    public required AttentionSpan Span { get; init; }

    /// <summary>Factor of the scores.</summary>
    public required float Scale { get; init; }

    /// <summary>Scores become <c>cap * tanh(score / cap)</c>; 0 for none.</summary>
    public required float SoftCap { get; init; }

    /// <summary>What a score loses per position of distance, for each of the query heads that share the KV head; null for nothing.</summary>
    public required float* Slopes { get; init; }

    /// <summary>Room for [row][positions of a chunk].</summary>
    public required float* Scores { get; init; }

    /// <summary>Room for an unpacked block of keys.</summary>
    public required float* KeyPanel { get; init; }

    /// <summary>Room for unpacked blocks of values.</summary>
    public required float* ValuePanel { get; init; }

    /// <summary>Room for the queries of a group: a value per index and row, and a factor per row.</summary>
    public readonly int GroupLength => (KeyLength + 1) * GroupRows;

    public readonly int Groups => (Rows + GroupRows - 1) / GroupRows;

    /// <summary>The first chunk that a row sees something of.</summary>
    public readonly int FirstChunk => FirstChunkOf(0);

    /// <summary>The chunk after the last that a row sees something of.</summary>
    public readonly int EndChunk => (Span.End(PositionOf(Rows - 1)) + ChunkPositions - 1) / ChunkPositions;

    /// <summary>Whether scores are more than products.</summary>
    public readonly bool AdjustsScores => SoftCap != 0 || Slopes != null;

    public readonly float* QueriesOfGroup(int group) => Queries + ((nint)group * GroupLength);

    public readonly byte* KeysOf(int chunk) => Pages[chunk] + KeysInPage;

    public readonly byte* ValuesOf(int chunk) => Pages[chunk] + ValuesInPage;

    /// <summary>A row's position.</summary>
    public readonly int PositionOf(int row) => FirstPosition + (row / RowsPerToken);

    /// <summary>The first chunk that a row sees something of.</summary>
    public readonly int FirstChunkOf(int row) => Span.First(PositionOf(row)) / ChunkPositions;

    /// <summary>How many positions of a chunk come before the end of what a row sees; 0 where it sees none of the chunk.</summary>
    public readonly int PositionsOf(int row, int chunk)
    {
        int position = PositionOf(row);
        int start = chunk * ChunkPositions;
        return Span.First(position) >= start + ChunkPositions ? 0 : Math.Clamp(Span.End(position) - start, 0, ChunkPositions);
    }

    /// <summary>How many positions of a chunk come before the first that a row sees.</summary>
    public readonly int SkippedOf(int row, int chunk) => Math.Clamp(Span.First(PositionOf(row)) - (chunk * ChunkPositions), 0, ChunkPositions);

    /// <summary>How many positions of a chunk come before the end of what any row of a group sees; 0 where none sees any of the chunk.</summary>
    public readonly int PositionsOfGroup(int group, int chunk)
    {
        int start = chunk * ChunkPositions;
        int last = Math.Min(Rows, (group + 1) * GroupRows) - 1;
        return Span.First(PositionOf(group * GroupRows)) >= start + ChunkPositions ? 0 : Math.Clamp(Span.End(PositionOf(last)) - start, 0, ChunkPositions);
    }

    /// <summary>How many rows of a group are multiplied: 8, 4 or 1.</summary>
    public readonly int RowsOfGroup(int group) => (Rows - (group * GroupRows)) switch
    {
        1 => 1,
        <= 4 => 4,
        _ => GroupRows,
    };
}
