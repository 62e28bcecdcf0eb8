using System.Runtime.InteropServices;
using System.Text;
using Tessera.Fuzz.Mutation;
using Tessera.Gguf.Files;

namespace Tessera.Fuzz.Harness;

/// <summary>A target that must be found out: it goes wrong where a file has a byte that is no ASCII.</summary>
internal sealed unsafe class FlawedTarget(Flaw flaw) : FuzzTarget
{
    private const int LargeBytes = 150 << 20;

    public override string Name => $"flaw-{flaw}";

    public override string Extension => ".txt";

    public override long FixedBytes => 1 << 20;

    public override IReadOnlyList<IMutator> Mutators => [];

    public override void Run(string path)
    {
        if (flaw == Flaw.RefusesAll || !Ascii.IsValid(File.ReadAllBytes(path)))
        {
            GoWrong(path);
        }
    }

    protected override IReadOnlyList<byte[]> MakeCorpus() => [Enumerable.Repeat((byte)'a', 64).ToArray()];

    private void GoWrong(string path)
    {
        switch (flaw)
        {
            case Flaw.UndocumentedException: throw new InvalidCastException();
            case Flaw.NamelessRefusal: throw new TesseraException("Something is wrong.");
            case Flaw.StackOverflow: Sink(0); break;
            case Flaw.EndlessLoop: Spin(path); break;
            case Flaw.ManagedMemory: GC.KeepAlive(new byte[LargeBytes]); break;
            case Flaw.NativeMemory:
                void* memory = NativeMemory.Alloc(LargeBytes);
                NativeMemory.Fill(memory, LargeBytes, 1);
                NativeMemory.Free(memory);
                break;
            default: throw new InputFileException(path, "no file is good.");
        }
    }

    private static int Sink(int depth) => depth < 0 ? 0 : 1 + Sink(depth + 1) + Sink(depth + 2);

    private static void Spin(string path)
    {
        while (path.Length > 0)
        {
            Thread.SpinWait(100);
        }
    }
}
