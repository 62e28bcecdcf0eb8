using System.Runtime.Intrinsics;
using Tessera.Runtime.Vectors;

namespace Tessera.Host.Tests.Runtime;

public unsafe class LaneTranspositionTests
{
    [Fact]
    public void A_vectors_lane_becomes_a_lanes_vector()
    {
        int[] values = [.. Enumerable.Range(0, 64)];
        fixed (int* v = values)
        {
            LaneTransposition.Transpose((Vector256<int>*)v);
        }

        Assert.Equal(Enumerable.Range(0, 64).Select(i => (i % 8 * 8) + (i / 8)), values);
    }
}
