using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Tessera.Kernels.Benchmarks;

// In this process: kernels are chosen by an argument, so that nothing has to be built again per benchmark, and plugins lie beside the program.
IConfig config = DefaultConfig.Instance
    .AddJob(Job.Default.WithToolchain(new InProcessEmitToolchain(new())).WithWarmupCount(3).WithIterationCount(7))
    .AddColumn(new RateColumn())
    .HideColumns(Column.Error, Column.Median, Column.RatioSD)
    .WithOptions(ConfigOptions.JoinSummary);
BenchmarkSwitcher.FromAssembly(typeof(MatrixBenchmarks).Assembly).Run(args, config);
