using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Tessera.Diagnostics;
using Tessera.Generation;
using Tessera.Tokenization;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddTesseraModel();
builder.Services.AddOpenTelemetry()
    .WithTracing(traces => traces.AddSource(Telemetry.Name).AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name).AddConsoleExporter());
WebApplication app = builder.Build();

// curl -N 'http://127.0.0.1:5080/complete?text=ROMEO:'
app.MapGet("/complete", (string text, int? tokens, LanguageModel model, CancellationToken gone) =>
    TypedResults.ServerSentEvents(Complete(model, text, tokens ?? 40, gone)));

app.MapGet("/tokens", (string text, LanguageModel model) => model.Encode(PromptPart.Literal(text)));

await app.RunAsync();

// A session a request: it ends with the answer, or when the caller is gone. What a user sends is text and never a control token.
static async IAsyncEnumerable<string> Complete(LanguageModel model, string text, int tokens, [EnumeratorCancellation] CancellationToken gone)
{
    await using IModelSession session = model.CreateSession();
    var request = new GenerationRequest { Prompt = model.Encode(PromptPart.Literal(text)), MaxTokens = tokens };
    await foreach (GeneratedToken token in session.GenerateAsync(request, gone))
    {
        yield return token.Text;
    }
}
