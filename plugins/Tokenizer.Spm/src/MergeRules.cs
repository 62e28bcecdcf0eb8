using Tessera.Tokenization;

namespace Tessera.Tokenizer.Spm;

/// <summary>What a vocabulary says about merging: which bytes are a token, and how early a merge into it comes.</summary>
internal sealed class MergeRules
{
    private readonly Vocabulary _vocabulary;
    private readonly uint[] _order;
    private readonly int _longest;

    public MergeRules(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _order = new uint[vocabulary.Count];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            _order[id] = OrderOf(vocabulary.ScoreOf(id));
            _longest = Math.Max(_longest, vocabulary.TextOf(id).Length);
        }

        ByteIds = ByteTokens.Find(vocabulary);
    }

    /// <summary>The token of each byte, or -1.</summary>
    public int[] ByteIds { get; }

    /// <summary>The token with these bytes, or -1.</summary>
    public int Find(ReadOnlySpan<byte> piece) => piece.Length > _longest ? -1 : _vocabulary.Find(piece);

    /// <summary>The place of a merge into this token among all: 0 first.</summary>
    public uint OrderOf(int id) => _order[id];

    /// <summary>The score of the token with these bytes.</summary>
    public float ScoreOf(ReadOnlySpan<byte> piece) => _vocabulary.ScoreOf(Find(piece));

    // The bits of a float, negative ones flipped, ascend with its value; the merge with the highest score comes first, so they are flipped once more.
    private static uint OrderOf(float score)
    {
        uint bits = BitConverter.SingleToUInt32Bits(score + 0.0f); // -0 becomes +0: they are equal scores
        return (bits & 0x8000_0000) != 0 ? bits : ~(bits | 0x8000_0000);
    }
}
