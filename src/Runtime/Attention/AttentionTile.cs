using Tessera.Runtime.State;

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

    /// <summary>The head's keys, [block].</summary>
    public required byte* Keys { get; init; }

    public required int KeyBlockBytes { get; init; }

    /// <summary>Where the keys of the chunk begin that the thread will attend to next, most probably.</summary>
    public byte* NextKeys { get; set; }

    /// <summary>The head's values, [block].</summary>
    public required byte* Values { get; init; }

    public required int ValueBlockBytes { get; init; }

    /// <summary>Factor of the scores.</summary>
    public required float Scale { get; init; }

    /// <summary>Room for [row][positions of a chunk].</summary>
    public required float* Scores { get; init; }

    /// <summary>Room for an unpacked block of keys.</summary>
    public required float* KeyPanel { get; init; }

    /// <summary>Room for unpacked blocks of values.</summary>
    public required float* ValuePanel { get; init; }

    /// <summary>Room for the queries of a group: a value per index and row, and a factor per row.</summary>
    public readonly int GroupLength => (KeyLength + 1) * GroupRows;

    public readonly int Groups => (Rows + GroupRows - 1) / GroupRows;

    public readonly int Chunks => (PositionsOf(Rows - 1) + ChunkPositions - 1) / ChunkPositions;

    public readonly float* QueriesOfGroup(int group) => Queries + ((nint)group * GroupLength);

    public readonly byte* KeysOf(int chunk) => Keys + ((long)chunk * (ChunkPositions / KvCache.BlockPositions) * KeyBlockBytes);

    public readonly byte* ValuesOf(int chunk) => Values + ((long)chunk * (ChunkPositions / KvCache.BlockPositions) * ValueBlockBytes);

    /// <summary>How many positions a row attends to: all up to its own.</summary>
    public readonly int PositionsOf(int row) => FirstPosition + (row / RowsPerToken) + 1;

    /// <summary>How many positions of a chunk a row attends to.</summary>
    public readonly int PositionsOf(int row, int chunk) => Math.Clamp(PositionsOf(row) - (chunk * ChunkPositions), 0, ChunkPositions);

    /// <summary>How many positions of a chunk any row of a group attends to.</summary>
    public readonly int PositionsOfGroup(int group, int chunk) => PositionsOf(Math.Min(Rows, (group + 1) * GroupRows) - 1, chunk);

    /// <summary>How many rows of a group are multiplied: 8, 4 or 1.</summary>
    public readonly int RowsOfGroup(int group) => (Rows - (group * GroupRows)) switch
    {
        1 => 1,
        <= 4 => 4,
        _ => GroupRows,
    };
}
