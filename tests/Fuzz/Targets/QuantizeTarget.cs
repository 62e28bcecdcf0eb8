using Tessera.Fuzz.Corpus;
using Tessera.Workbench.Quantizing;

namespace Tessera.Fuzz.Targets;

/// <summary><c>tessera quantize</c>. Nothing is left of a file that could not be written.</summary>
internal sealed class QuantizeTarget : ModelTarget
{
    public override string Name => "quantize";

    public override long FixedBytes => 1 << 20;

    public override void Run(string path)
    {
        string output = path + ".out";
        try
        {
            EngineUnderTest.Quantizer.Quantize(path, output, new QuantizationOptions { Type = "Q4_K_M", AllowRequantize = true, Threads = 1 });
        }
        catch (TesseraException e)
        {
            // Not in a filter, which is asked before anything is cleaned up.
            if (Directory.GetFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(output)}*").Length > 0)
            {
                throw new InvalidOperationException("A file that was not finished is left.", e);
            }

            throw;
        }

        File.Delete(output);
    }
}
