using Tessera.Fuzz.Corpus;
using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Workbench.Tracing;

namespace Tessera.Fuzz.Targets;

/// <summary>A trace, read and compared with itself and with a good one, in either order.</summary>
internal sealed class TraceTarget : FuzzTarget
{
    private readonly Trace _good = TraceFile.Parse("good", TraceTexts.All[0]);

    public override string Name => "trace";

    public override string Extension => ".txt";

    public override long FixedBytes => 8 << 20;

    public override IReadOnlyList<IMutator> Mutators { get; } = [new JsonMutator(), new TextMutator()];

    public override void Run(string path)
    {
        Trace trace = TraceFile.Read(path);
        foreach ((Trace reference, Trace other) in (ReadOnlySpan<(Trace, Trace)>)[(trace, trace), (_good, trace), (trace, _good)])
        {
            try
            {
                TraceComparison comparison = TraceComparison.Of(reference, other, 1e-3);
                _ = (comparison.FirstBeyond, comparison.LargestStep);
            }
            catch (TesseraException)
            {
                // Of other tokens or nodes, which neither file is to blame for.
            }
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() => TraceTexts.All;
}
