using System.IO.MemoryMappedFiles;

namespace Tessera.Fuzz.Harness;

/// <summary>Where a worker is, in a file that outlives it however it ends. All numbers have 64 bits.</summary>
internal sealed class WorkerState : IDisposable
{
    private const int Fields = 6 + 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public WorkerState(string folder)
    {
        _file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, "state"), FileMode.OpenOrCreate, mapName: null, Fields * sizeof(long));
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Runs that began, those for reducing an input among them. It stands still where a run does.</summary>
    public long Runs
    {
        get => Read(0);
        set => Write(0, value);
    }

    /// <summary>The number of the input that is being examined.</summary>
    public long Index
    {
        get => Read(1);
        set => Write(1, value);
    }

    /// <summary>Inputs that were examined.</summary>
    public long Inputs
    {
        get => Read(2);
        set => Write(2, value);
    }

    /// <summary>Inputs that were no bad ones.</summary>
    public long Accepted
    {
        get => Read(3);
        set => Write(3, value);
    }

    /// <summary>The most managed bytes beside twice the input that a good run took.</summary>
    public long MostManaged
    {
        get => Read(4);
        set => Write(4, value);
    }

    /// <summary>The most bytes by which a good run raised what the process used at most.</summary>
    public long MostProcess
    {
        get => Read(5);
        set => Write(5, value);
    }

    public long Failures(FailureKind kind) => Read(6 + (int)kind);

    public void Count(FailureKind kind) => Write(6 + (int)kind, Failures(kind) + 1);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private long Read(int field) => _view.ReadInt64(field * sizeof(long));

    private void Write(int field, long value) => _view.Write(field * sizeof(long), value);
}
