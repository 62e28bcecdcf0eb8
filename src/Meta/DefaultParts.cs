using Tessera.Architecture.Llama;
using Tessera.Quant.Float;
using Tessera.Quant.IQ4NL;
using Tessera.Quant.IQ4XS;
using Tessera.Quant.MXFP4;
using Tessera.Quant.Q2K;
using Tessera.Quant.Q3K;
using Tessera.Quant.Q4_0;
using Tessera.Quant.Q4_1;
using Tessera.Quant.Q4K;
using Tessera.Quant.Q5_0;
using Tessera.Quant.Q5_1;
using Tessera.Quant.Q5K;
using Tessera.Quant.Q6K;
using Tessera.Quant.Q8_0;
using Tessera.Tokenizer.Bpe;
using Tessera.Tokenizer.Spm;

namespace Tessera.Hosting;

/// <summary>The parts that ship with Tessera, for programs that have no plugin folders.</summary>
public static class DefaultParts
{
    /// <summary>
    /// Adds every format, tokenizer and architecture that ships: what a program needs that is published as a single file, trimmed or ahead of time, and what
    /// spares any other the plugins' folders.
    /// </summary>
    /// <param name="builder">The engine's parts.</param>
    public static TesseraBuilder AddDefaultParts(this TesseraBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .AddPart(new F32Format())
            .AddPart(new F16Format())
            .AddPart(new BF16Format())
            .AddPart(new Q8_0Format())
            .AddPart(new Q6KFormat())
            .AddPart(new Q5KFormat())
            .AddPart(new Q5_1Format())
            .AddPart(new Q5_0Format())
            .AddPart(new Q4KFormat())
            .AddPart(new Q4_1Format())
            .AddPart(new Q4_0Format())
            .AddPart(new IQ4XSFormat())
            .AddPart(new IQ4NLFormat())
            .AddPart(new MXFP4Format())
            .AddPart(new Q3KFormat())
            .AddPart(new Q2KFormat())
            .AddPart(new SpmTokenizerFactory())
            .AddPart(context => new BpeTokenizerFactory(context))
            .AddPart(context => new Gemma4TokenizerFactory(context))
            .AddPart(new LlamaArchitecture());
    }
}
