using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Samples.Worker;
using Tessera.Diagnostics;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.AddTesseraModel();
builder.Services.AddHostedService<PromptWorker>();
builder.Services.AddOpenTelemetry()
    .WithTracing(traces => traces.AddSource(Telemetry.Name).AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name).AddConsoleExporter());
await builder.Build().RunAsync();
