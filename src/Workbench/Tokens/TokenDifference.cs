using Tessera.Tokenization;

namespace Tessera.Workbench.Tokens;

/// <summary>Where the ids of a text and those of a reference part.</summary>
/// <param name="Text">The text.</param>
/// <param name="WithSpecial">Whether BOS and EOS are added as the model asks, and special tokens recognized in the text.</param>
/// <param name="Expected">The reference's ids.</param>
/// <param name="Actual">The ids here.</param>
/// <param name="Index">The first index at which they differ; one of the two may end there.</param>
public sealed record TokenDifference(string Text, bool WithSpecial, IReadOnlyList<int> Expected, IReadOnlyList<int> Actual, int Index)
{
    /// <summary>Encodes a text and compares.</summary>
    /// <returns>Null where the ids are the reference's.</returns>
    public static TokenDifference? Find(PromptEncoder encoder, string text, bool withSpecial, IReadOnlyList<int> expected)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(expected);
        List<int> actual = encoder.Encode(text, withSpecial, withSpecial);
        int index = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        return index == expected.Count && index == actual.Count ? null : new TokenDifference(text, withSpecial, expected, actual, index);
    }
}
