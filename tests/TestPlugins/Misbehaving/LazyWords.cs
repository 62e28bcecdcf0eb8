using System.Collections;
using Tessera.Tokenization;

namespace TestPlugins;

/// <summary>A word that is computed when it is read.</summary>
internal sealed class LazyWords : IReadOnlyList<ExplainedWord>
{
    public int Count => (int)Fault.Number("words", 1);

    public ExplainedWord this[int index] => Fault.Thing("word", new ExplainedWord("a"u8.ToArray(), [], [0]))!;

    public IEnumerator<ExplainedWord> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
